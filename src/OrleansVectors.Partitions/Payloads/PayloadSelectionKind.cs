namespace OrleansVectors.Partitions.Payloads;

/// <summary>Which part of a payload an answer carries.</summary>
public enum PayloadSelectionKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Everything.</summary>
    All,

    /// <summary>Only certain paths.</summary>
    Include,

    /// <summary>Everything but certain paths.</summary>
    Exclude,
}
