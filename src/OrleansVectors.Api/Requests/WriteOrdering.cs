namespace OrleansVectors.Api.Requests;

/// <summary>How writes of different callers are ordered; one machine gives the strongest always.</summary>
public enum WriteOrdering : byte
{
    /// <summary>No promise asked for.</summary>
    Weak,

    /// <summary>Through one chosen replica.</summary>
    Medium,

    /// <summary>Through the leader.</summary>
    Strong,
}
