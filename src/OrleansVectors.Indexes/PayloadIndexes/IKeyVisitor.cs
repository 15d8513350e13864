namespace OrleansVectors.Indexes.PayloadIndexes;

/// <summary>Is shown the values of a <see cref="KeyPostings"/>, in no particular order.</summary>
public interface IKeyVisitor
{
    /// <summary>Sees one value and the head of its posting list; false ends it.</summary>
    bool Visit(ReadOnlySpan<byte> key, ulong head);
}
