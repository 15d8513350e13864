namespace OrleansVectors.Faults.Points;

/// <summary>
/// What a point holds. Contents follow from the id and the numbers of the writes that last set payload and vector, so two
/// numbers are all there is to remember.
/// </summary>
/// <param name="Payload">The write that set the payload.</param>
/// <param name="Vector">The write that set the vector.</param>
internal readonly record struct PointState(long Payload, long Vector)
{
    /// <summary>A state or its absence, for people.</summary>
    public static string Describe(PointState? state)
        => state is { } there ? $"payload of write {there.Payload}, vector of write {there.Vector}" : "no point";
}
