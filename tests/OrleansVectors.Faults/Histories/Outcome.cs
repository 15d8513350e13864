namespace OrleansVectors.Faults.Histories;

/// <summary>Verdicts on a history.</summary>
internal enum Outcome
{
    /// <summary>There is an order that explains it.</summary>
    Linearizable,

    /// <summary>There is none.</summary>
    Violated,

    /// <summary>The search took too long.</summary>
    Undecided,
}
