using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Tests.Operations;

/// <summary>One small operation of each kind.</summary>
internal static class SampleOperations
{
    private static readonly PointId Number = PointId.FromNumber(258);
    private static readonly PointId Uuid = PointId.FromUuid(new Guid("00112233-4455-6677-8899-aabbccddeeff"));

    public static PartitionSchema Schema { get; } = new(
    [
        new VectorFieldSchema { Number = 3, Name = "", Dim = 2, Metric = DistanceMetric.Euclidean },
        new VectorFieldSchema { Number = 5, Name = "m", Dim = 2, Metric = DistanceMetric.Cosine, IsMultiVector = true },
        new VectorFieldSchema { Number = 6, Name = "h", Dim = 1, Metric = DistanceMetric.Dot, Datatype = VectorDatatype.Float16 },
        new VectorFieldSchema { Number = 260, Name = "c", Dim = 2, Metric = DistanceMetric.Cosine },
    ]);

    public static Dictionary<string, PointOperation> All { get; } = new()
    {
        ["upsert"] = new UpsertPoints(
        [
            new PointInput(Number, [new NamedVector("", new[] { 1f, -2f }), new NamedVector("c", new[] { 3f, 4f })], PartitionHost.Payload("""{"a":1}""")),
            new PointInput(Uuid, [], PayloadDocument.Empty),
        ]),
        ["upsert, conditional"] = new UpsertPoints(
            [new PointInput(Number, [], PayloadDocument.Empty)], UpsertMode.UpdateOnly, PartitionHost.Is("a", 1)),
        ["delete by ids"] = new DeletePoints(new PointSelection.ByIds([Number, Uuid])),
        ["delete by filter"] = new DeletePoints(new PointSelection.ByFilter(PartitionHost.Is("a", 1))),
        ["update vectors"] = new UpdateVectors([new PointVectors(Number, [new NamedVector("", new[] { 0f, 1f })])]),
        ["update a multi-vector"] = new UpdateVectors([new PointVectors(Number, [new NamedVector("m", new[] { 3f, 4f, 0f, 2f }, Rows: 2)])]),
        ["update a float16 vector"] = new UpdateVectors([new PointVectors(Number, [new NamedVector("h", new[] { 0.1f })])]),
        ["delete vectors"] = new DeleteVectors(new PointSelection.ByIds([Number]), ["", "c"]),
        ["set payload"] = new SetPayload(new PointSelection.ByIds([Number]), PartitionHost.Payload("""{"a":1}""")),
        ["set payload at a key"] = new SetPayload(
            new PointSelection.ByIds([Number]), PartitionHost.Payload("""{"a":1}"""), PayloadPath.Parse("b.c")),
        ["overwrite payload"] = new OverwritePayload(new PointSelection.ByIds([Number]), PartitionHost.Payload("""{"a":1}""")),
        ["delete payload keys"] = new DeletePayloadKeys(
            new PointSelection.ByIds([Number]), [PayloadPath.Parse("a"), PayloadPath.Parse("b[].c")]),
        ["clear payload"] = new ClearPayload(new PointSelection.ByIds([Number])),
    };
}
