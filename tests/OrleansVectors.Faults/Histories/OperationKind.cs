namespace OrleansVectors.Faults.Histories;

/// <summary>What an operation does to its register.</summary>
internal enum OperationKind
{
    /// <summary>Returns the value.</summary>
    Read,

    /// <summary>Sets the value, whatever there is.</summary>
    Write,

    /// <summary>Removes the value.</summary>
    Delete,

    /// <summary>Sets the value if there is a certain other one; does not tell whether it did.</summary>
    CompareAndSet,
}
