namespace OrleansVectors.Benchmarks.Churn;

/// <summary>Which points go when others come.</summary>
internal enum ChurnKind
{
    /// <summary>Any point.</summary>
    Replace,

    /// <summary>The oldest.</summary>
    Window,

    /// <summary>All points of a neighbourhood at once; points from anywhere else come.</summary>
    Cluster,
}
