namespace OrleansVectors.Benchmarks.Ann;

internal enum IndexKind
{
    Hnsw,
    Flat,
    Ivf,
}
