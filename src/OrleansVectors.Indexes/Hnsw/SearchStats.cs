namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What a search cost.</summary>
/// <param name="Visited">Nodes whose links were followed.</param>
/// <param name="Distances">Distances computed.</param>
/// <param name="BudgetExhausted">
/// Whether it stopped because it had computed as many distances as it was allowed: better results may exist, and fewer
/// than k may have been returned although more match.
/// </param>
public readonly record struct SearchStats(int Visited, int Distances, bool BudgetExhausted);
