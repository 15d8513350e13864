using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests.Writing;

public sealed class WritingTests
{
    [Fact]
    public async Task A_bad_point_refuses_the_whole_request_in_words_that_name_it()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(3, 4, ("", 4), ("b", 2)));
        Collection collection = database.GetCollection("c");
        PointInput good = TestDatabase.Point(1);

        Assert.Equal("Vector dimension error: expected dim: 4, got 3", await RefusalAsync(new float[3]));
        Assert.Equal("points[1].vector[2]: value NaN invalid, must be a finite 32-bit number", await RefusalAsync([1, 2, float.NaN, 4]));
        Assert.Equal("points[1].vector[0]: value Infinity invalid, must be a finite 32-bit number", await RefusalAsync([float.PositiveInfinity, 2, 3, 4]));
        Assert.Equal("Not existing vector name error: none", await RefusalAsync(new float[4], name: "none"));
        Assert.Equal("points[1].id: value 1 invalid, must be unique within the batch (points[0] has it too)", await RefusalAsync(new float[4], id: 1));
        Assert.Equal("Not existing vector name error: none", (await Assert.ThrowsAsync<InvalidInputException>(
            () => collection.WriteAsync(new UpsertPoints([good]), new DeleteVectors(TestDatabase.Ids(1), ["none"])))).Message);
        Assert.Equal("No point with id 77 found", (await Assert.ThrowsAsync<PointNotFoundException>(
            () => collection.WriteAsync(new UpsertPoints([good]), new SetPayload(TestDatabase.Ids(77), TestDatabase.Payload("{}"))))).Message);
        Assert.Equal("Vector dimension error: expected dim: 2, got 4", (await Assert.ThrowsAsync<InvalidInputException>(
            () => collection.SearchAsync(new SearchRequest { VectorName = "b", Vector = new float[4], Limit = 1 }))).Message);
        Assert.Equal(0, await collection.CountAsync(null));

        async Task<string> RefusalAsync(float[] vector, string name = "", ulong id = 2)
        {
            PointInput bad = new(TestDatabase.Id(id), [new NamedVector(name, vector)], PayloadDocument.Empty);
            return (await Assert.ThrowsAnyAsync<OrleansVectorsException>(() => collection.WriteAsync(new UpsertPoints([good, bad])))).Message;
        }
    }

    [Fact]
    public async Task Upsert_modes_and_conditions_decide_which_points_change()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 3));
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1, """{"v":1}"""), TestDatabase.Point(2, """{"v":2}""")]));

        await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1, """{"v":10}"""), TestDatabase.Point(3, """{"v":3}""")], UpsertMode.InsertOnly));
        Assert.Equal("1:1 2:2 3:3", await StateAsync());
        await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(2, """{"v":20}"""), TestDatabase.Point(4, """{"v":4}""")], UpsertMode.UpdateOnly));
        Assert.Equal("1:1 2:20 3:3", await StateAsync());
        await collection.WriteAsync(new UpsertPoints(
            [TestDatabase.Point(1, """{"v":11}"""), TestDatabase.Point(2, """{"v":12}"""), TestDatabase.Point(5, """{"v":5}""")],
            UpdateFilter: TestDatabase.Is("v", 20)));
        Assert.Equal("1:1 2:12 3:3 5:5", await StateAsync());
        await collection.WriteAsync(new UpdateVectors([new PointVectors(TestDatabase.Id(1), [new NamedVector("", new float[4])])], TestDatabase.Is("v", 99)));
        Assert.NotEqual(new float[4], await VectorAsync());
        await collection.WriteAsync(new UpdateVectors([new PointVectors(TestDatabase.Id(1), [new NamedVector("", new float[4])])], TestDatabase.Is("v", 1)));
        Assert.Equal(new float[4], await VectorAsync());

        async Task<string> StateAsync()
        {
            ScrollPage page = await collection.ScrollAsync(new ScrollRequest { Limit = 10, Projection = PointProjection.Everything });
            return string.Join(' ', page.Points.Select(point => $"{point.Id}:{point.Payload!.ToString()[5..^1]}"));
        }

        async Task<float[]> VectorAsync()
            => (await collection.GetAsync([TestDatabase.Id(1)], PointProjection.Everything))[0].Vectors![0].Values.ToArray();
    }

    [Fact]
    public async Task Operations_of_one_request_see_those_before_them()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(
            new UpsertPoints([TestDatabase.Point(1, """{"v":1}"""), TestDatabase.Point(2)]),
            new SetPayload(TestDatabase.Ids(1), TestDatabase.Payload("""{"w":2}""")),
            new DeletePoints(TestDatabase.Ids(2)),
            new UpsertPoints([TestDatabase.Point(2, """{"v":1}""")]),
            new DeletePoints(new PointSelection.ByFilter(TestDatabase.Is("w", 2))),
            new OverwritePayload(new PointSelection.ByFilter(TestDatabase.Is("v", 1)), TestDatabase.Payload("""{"last":true}""")));
        ScrollPage page = await collection.ScrollAsync(new ScrollRequest { Limit = 10, Projection = PointProjection.Everything });
        Assert.Equal(["2 {\"last\":true}"], page.Points.Select(point => $"{point.Id} {point.Payload}"));
        Assert.Equal(1, await collection.CountAsync(null));
    }

    [Fact]
    public async Task Filters_over_ids_and_vectors_choose_points_in_every_partition()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(3, 4, ("", 4), ("b", 2)));
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(0, 30).Select(id => new PointInput(
            TestDatabase.Id((ulong)id),
            id % 3 == 0 ? [new NamedVector("b", new float[2])] : [new NamedVector("", new float[4])],
            PayloadDocument.Empty))]));
        Filter hasB = new() { Must = [new HasVectorCondition("b")] };
        Assert.Equal(10, await collection.CountAsync(hasB));
        Assert.Equal(20, await collection.CountAsync(new Filter { Must = [new HasVectorCondition("")] }));
        Assert.Equal(2, await collection.CountAsync(new Filter { Must = [new HasIdCondition([TestDatabase.Id(3), TestDatabase.Id(4), TestDatabase.Id(99)])] }));
        await collection.WriteAsync(new DeleteVectors(TestDatabase.Ids(3, 6), ["b"]));
        Assert.Equal(8, await collection.CountAsync(hasB));
        await collection.WriteAsync(new DeletePoints(new PointSelection.ByFilter(hasB)));
        Assert.Equal(22, await collection.CountAsync(null));
    }

    [Fact]
    public async Task A_payload_that_would_outgrow_its_limit_is_refused_and_no_selected_point_changes()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Collection collection = database.GetCollection("c");
        string half = new('x', (PayloadLimits.BytesMax / 2) + 1);
        await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1, "{}"), TestDatabase.Point(2, $$"""{"a":"{{half}}"}"""), TestDatabase.Point(3, "{}")]));
        InvalidInputException refusal = await Assert.ThrowsAsync<InvalidInputException>(
            () => collection.WriteAsync(new SetPayload(TestDatabase.Ids(1, 2, 3), TestDatabase.Payload($$"""{"b":"{{half}}"}"""))));
        Assert.Contains("point 2", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidInputException>(
            () => collection.WriteAsync(new SetPayload(TestDatabase.Ids(2), TestDatabase.Payload($$"""{"b":"{{half}}"}"""), PayloadPath.Parse("deep"))));
        Assert.Equal(0, await collection.CountAsync(new Filter { MustNot = [new IsEmptyCondition(PayloadPath.Parse("b"))] }));
        await collection.WriteAsync(new SetPayload(TestDatabase.Ids(1), TestDatabase.Payload("""{"b":1}""")));
    }

    [Fact]
    public async Task A_full_partition_refuses_new_points_and_goes_on_reading_and_deleting_after_reopening_too()
    {
        using TempFolder folder = new();
        await using (VectorDatabase database = await TestDatabase.OpenAsync(folder, pointsMax: 50))
        {
            await database.CreateCollectionAsync("c", TestDatabase.Schema());
            await database.GetCollection("c").WriteAsync(new UpsertPoints([.. Enumerable.Range(0, 45).Select(id => TestDatabase.Point((ulong)id))]));
            await RefusedAsync(database.GetCollection("c"));
        }

        await using VectorDatabase reopened = await TestDatabase.OpenAsync(folder, pointsMax: 50);
        await RefusedAsync(reopened.GetCollection("c"));
        await reopened.GetCollection("c").WriteAsync(new DeletePoints(TestDatabase.Ids(0)));
        Assert.Equal(44, await reopened.GetCollection("c").CountAsync(null));

        static async Task RefusedAsync(Collection collection)
        {
            OutOfRoomException refusal = await Assert.ThrowsAsync<OutOfRoomException>(
                () => collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(100, 6).Select(id => TestDatabase.Point((ulong)id))])));
            Assert.Equal("the partition is full: it would hold 51 points, at most 50 are possible", refusal.Message);
            Assert.Equal(45, await collection.CountAsync(null));
        }
    }
}
