namespace OrleansVectors.Faults.Histories;

/// <summary>One operation of one client on one register. A value of 0 is no value: values that are written begin at 1.</summary>
internal sealed record Operation
{
    /// <summary>When an operation that has no end returns.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Who did it.</summary>
    public required int Client { get; init; }

    public required OperationKind Kind { get; init; }

    /// <summary>What was written, or what was read.</summary>
    public long Value { get; init; }

    /// <summary>What a compare-and-set compares with.</summary>
    public long Expected { get; init; }

    /// <summary>When it was sent; the operation has no effect before.</summary>
    public required long Invoked { get; init; }

    /// <summary>When it was answered, or when at the latest it has had its effect; no effect comes after.</summary>
    public required long Returned { get; init; }

    /// <summary>Whether nobody knows if it had its effect: the server died before it answered.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The values that the register can have after it, or none if it cannot have happened at this value.</summary>
    public IEnumerable<long> After(long value)
    {
        if (Kind == OperationKind.Read)
            return Value == value ? [value] : [];
        long changed = Kind switch
        {
            OperationKind.Write => Value,
            OperationKind.Delete => 0,
            _ => value == Expected && value != 0 ? Value : value,
        };
        return IsUnknown && changed != value ? [changed, value] : [changed];
    }

    public override string ToString()
    {
        string what = Kind switch
        {
            OperationKind.Read => $"read {Text(Value)}",
            OperationKind.Write => $"write {Value}",
            OperationKind.Delete => "delete",
            _ => $"set {Value} if {Expected}",
        };
        return $"client {Client} {what}{(IsUnknown ? " (never answered)" : "")} [{Invoked}..{(Returned == Never ? "" : Returned)}]";
    }

    private static string Text(long value) => value == 0 ? "nothing" : $"{value}";
}
