namespace OrleansVectors.Faults.Damage;

/// <summary>What is done to a file.</summary>
internal enum WoundKind
{
    FlipBit,
    ZeroBlock,
    Truncate,
    AppendGarbage,
    Delete,
}
