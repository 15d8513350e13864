namespace OrleansVectors.Partitions.Doctor;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Nothing is wrong: what an opening would do, what may be deleted.</summary>
    Note,

    /// <summary>Something is wrong that cures itself, or that costs no data and no availability.</summary>
    Warning,

    /// <summary>Data are lost, or not available until somebody does something.</summary>
    Error,
}
