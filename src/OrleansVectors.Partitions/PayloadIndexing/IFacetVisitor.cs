using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>Is shown the values of an index, each once.</summary>
internal interface IFacetVisitor
{
    /// <summary>Sees a value and the head of the posting list of its points.</summary>
    void Visit(FacetValue value, ulong head);
}
