namespace OrleansVectors.Faults.Damage;

/// <summary>How a damaged collection presents itself.</summary>
internal enum VictimState
{
    /// <summary>All that was acknowledged is there.</summary>
    Whole,

    /// <summary>The end is missing, as it may be.</summary>
    Cut,

    /// <summary>It says that it is damaged.</summary>
    Refused,

    /// <summary>It has what it must not have.</summary>
    Wrong,
}
