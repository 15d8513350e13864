using OrleansVectors.Faults.Points;

namespace OrleansVectors.Faults.Workload;

/// <summary>One operation on some points of one collection.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Ids">The points, each once.</param>
/// <param name="Write">The number that its contents are made from.</param>
internal sealed record Change(ChangeKind Kind, IReadOnlyList<ulong> Ids, long Write)
{
    private bool IsPayload => Kind is ChangeKind.SetPayload or ChangeKind.OverwritePayload;

    /// <summary>What it makes of a point.</summary>
    public PointState? Apply(PointState? before) => Kind switch
    {
        ChangeKind.Upsert => new PointState(Write, Write),
        ChangeKind.SetPayload or ChangeKind.OverwritePayload => before is { } there ? there with { Payload = Write } : null,
        ChangeKind.UpdateVectors => before is { } there ? there with { Vector = Write } : null,
        _ => null,
    };

    /// <summary>The method and the end of the path of a request that does only this.</summary>
    public (string Method, string Suffix) Endpoint => Kind switch
    {
        ChangeKind.Upsert => ("PUT", ""),
        ChangeKind.SetPayload => ("POST", "/payload"),
        ChangeKind.OverwritePayload => ("PUT", "/payload"),
        ChangeKind.UpdateVectors => ("PUT", "/vectors"),
        _ => ("POST", "/delete"),
    };

    /// <summary>Its name in a list of operations.</summary>
    public string Name => Kind switch
    {
        ChangeKind.Upsert => "upsert",
        ChangeKind.SetPayload => "set_payload",
        ChangeKind.OverwritePayload => "overwrite_payload",
        ChangeKind.UpdateVectors => "update_vectors",
        _ => "delete",
    };

    /// <summary>The bodies that say it: payloads differ from point to point, so an update of payloads is one for each point.</summary>
    public IEnumerable<string> Bodies(CollectionKind kind)
        => IsPayload
            ? Ids.Select(id => $$"""{"points":[{{id}}],"payload":{{PointContent.PayloadJson(id, Write)}}}""")
            : [Body(kind)];

    private string Body(CollectionKind kind) => Kind switch
    {
        ChangeKind.Upsert => Points(id => $$"""{"id":{{id}},"vector":{{PointContent.VectorJson(id, Write, kind)}},"payload":{{PointContent.PayloadJson(id, Write)}}}"""),
        ChangeKind.UpdateVectors => Points(id => $$"""{"id":{{id}},"vector":{{PointContent.VectorJson(id, Write, kind)}}}"""),
        ChangeKind.DeleteByFilter => $$$"""{"filter":{"must":[{"has_id":[{{{CollectionKind.Join(Ids)}}}]}]}}""",
        _ => $$"""{"points":[{{CollectionKind.Join(Ids)}}]}""",
    };

    private string Points(Func<ulong, string> point) => $$"""{"points":[{{string.Join(',', Ids.Select(point))}}]}""";
}
