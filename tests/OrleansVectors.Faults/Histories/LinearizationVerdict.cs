namespace OrleansVectors.Faults.Histories;

/// <summary>How a history was judged.</summary>
/// <param name="Outcome">The verdict.</param>
/// <param name="Reason">Of a violation, where the longest explanation ends; of a search that gave up, its size.</param>
internal readonly record struct LinearizationVerdict(Outcome Outcome, string Reason);
