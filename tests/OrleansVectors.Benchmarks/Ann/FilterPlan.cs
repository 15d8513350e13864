namespace OrleansVectors.Benchmarks.Ann;

/// <summary>How a filtered search goes about it.</summary>
internal enum FilterPlan
{
    /// <summary>A whole partition with a payload index is searched, by the plan that it chooses.</summary>
    Auto,

    /// <summary>Compares with every point that matches.</summary>
    Scan,

    /// <summary>Walks as without a filter and keeps those that match.</summary>
    Walk,

    /// <summary>Walks from matching point to matching point; scans when the walk gives up.</summary>
    TwoHop,
}
