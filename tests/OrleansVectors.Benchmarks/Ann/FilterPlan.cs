namespace OrleansVectors.Benchmarks.Ann;

/// <summary>How a filtered search goes about it.</summary>
internal enum FilterPlan
{
    /// <summary>By how many match: what a partition would choose.</summary>
    Auto,

    /// <summary>Compares with every point that matches.</summary>
    Scan,

    /// <summary>Walks through all points, keeps those that match.</summary>
    Walk,
}
