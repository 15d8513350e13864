namespace OrleansVectors.Faults.Workload;

/// <summary>What a change does to its points.</summary>
internal enum ChangeKind
{
    Upsert,
    SetPayload,
    OverwritePayload,
    UpdateVectors,
    Delete,
    DeleteByFilter,
}
