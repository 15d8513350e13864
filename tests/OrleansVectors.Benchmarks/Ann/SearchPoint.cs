namespace OrleansVectors.Benchmarks.Ann;

/// <summary>How hard a search tries.</summary>
/// <param name="Effort">Candidates kept by a walk of a graph, lists looked into by an inverted file; a scan has none.</param>
/// <param name="Rescore">The nearest by the index's own distances that are compared again exactly; 0 for none.</param>
internal readonly record struct SearchPoint(int Effort, int Rescore);
