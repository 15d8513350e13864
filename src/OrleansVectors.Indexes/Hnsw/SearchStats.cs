namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What a search cost.</summary>
/// <param name="Visited">Nodes whose links were followed.</param>
/// <param name="Distances">Distances computed.</param>
/// <param name="TwoHops">Nodes that did not match and were looked through to their neighbours.</param>
/// <param name="BudgetExhausted">
/// Whether it gave up: it had done as much as it may, or knew no way on before it had found ef points that match. Better
/// results may exist, and fewer than k may have been returned although more match.
/// </param>
public readonly record struct SearchStats(int Visited, int Distances, int TwoHops, bool BudgetExhausted);
