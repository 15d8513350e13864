using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions;

/// <summary>A filter bound to a partition's state: whether the version at an ordinal matches, as of a sequence.</summary>
internal sealed class RowMatcher(PartitionState state, Filter filter) : IVectorPresence
{
    private readonly CompiledFilter _filter = CompiledFilter.Compile(filter);

    /// <summary>The version must be visible at the sequence.</summary>
    public bool Matches(uint ordinal, ulong sequence)
    {
        PayloadView payload = PayloadView.Empty;
        if (_filter.NeedsPayload)
        {
            ReadOnlySpan<byte> encoded = state.Payloads.Read(state.Table.Payload(ordinal), sequence, out _);
            payload = encoded.IsEmpty ? payload : PayloadView.OfDocument(encoded);
        }

        return _filter.Matches(state.Table.Id(ordinal), ordinal, payload, this);
    }

    bool IVectorPresence.HasVector(uint ordinal, string vectorName)
        => state.Field(vectorName) is { } field && field.Has(ordinal);
}
