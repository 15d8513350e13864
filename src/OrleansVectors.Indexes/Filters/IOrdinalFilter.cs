namespace OrleansVectors.Indexes.Filters;

/// <summary>
/// Which ordinals a search may return. A struct type parameter of every search, so that the test is inlined into its loop.
/// </summary>
/// <remarks>Called on the searching thread, many times per ordinal at worst; it must not block.</remarks>
public interface IOrdinalFilter
{
    bool Admits(uint ordinal);
}
