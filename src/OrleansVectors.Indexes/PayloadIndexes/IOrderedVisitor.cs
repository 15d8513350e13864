namespace OrleansVectors.Indexes.PayloadIndexes;

/// <summary>Is shown the values of a range of an <see cref="OrderedPostings"/>.</summary>
public interface IOrderedVisitor
{
    /// <summary>Hears of a leaf that lies inside the range as a whole, of so many values with so many ordinals; false passes over it.</summary>
    bool EntersLeaf(long ordinals, int keys);

    /// <summary>Sees one value and the head of its posting list; false ends it.</summary>
    bool Visit(long key, ulong head);
}
