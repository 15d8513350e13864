namespace OrleansVectors.Partitions.Operations;

/// <summary>The byte that begins an encoded operation. Values are in logs: they are never changed or used again.</summary>
internal enum OperationKind : byte
{
    Upsert = 1,
    Delete = 2,
    UpdateVectors = 3,
    DeleteVectors = 4,
    SetPayload = 5,
    OverwritePayload = 6,
    DeletePayloadKeys = 7,
    ClearPayload = 8,
}
