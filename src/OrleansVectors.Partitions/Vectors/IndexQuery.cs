namespace OrleansVectors.Partitions.Vectors;

/// <summary>What a search asks of an index.</summary>
/// <param name="Vector">The components; normalised for cosine.</param>
/// <param name="K">How many are wanted.</param>
/// <param name="Ef">Candidates that are kept while looking, at least <paramref name="K"/>.</param>
/// <param name="DistancesMax">The budget of distances; when it is spent the search returns what it has and says so.</param>
internal readonly record struct IndexQuery(ReadOnlyMemory<float> Vector, int K, int Ef, int DistancesMax);
