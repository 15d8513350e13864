using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Gathers <c>with_payload</c> and <c>with_vector</c> out of a request's members.</summary>
/// <param name="payloadWhenAbsent">What a request that does not say gets of the payload.</param>
internal struct ProjectionMembers(PayloadSelection payloadWhenAbsent)
{
    private PayloadSelection _payload = payloadWhenAbsent;
    private IReadOnlyList<string>? _vectors = [];

    /// <summary>Reads the current member if it is one of them.</summary>
    public bool TryRead(ref JsonCursor cursor)
    {
        if (cursor.NameIs("with_payload"u8))
            _payload = PayloadJson.ReadSelection(ref cursor, _payload);
        else if (cursor.NameIs("with_vector"u8) || cursor.NameIs("with_vectors"u8))
            _vectors = CommonMembers.ReadVectorNames(ref cursor);
        else
            return false;
        return true;
    }

    /// <summary>What was gathered.</summary>
    public readonly PointProjection ToProjection() => new(_payload, _vectors);
}
