namespace OrleansVectors.Partitions.Operations;

/// <summary>What an upsert may do to a point.</summary>
public enum UpsertMode : byte
{
    /// <summary>Create it or replace it.</summary>
    Upsert = 0,

    /// <summary>Create it; an existing point stays as it is.</summary>
    InsertOnly = 1,

    /// <summary>Replace it; a missing point is not created.</summary>
    UpdateOnly = 2,
}
