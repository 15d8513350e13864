namespace OrleansVectors.Partitions.Payloads;

/// <summary>How one step of a key path descends. The numbers are part of the filter encoding and never change.</summary>
public enum PayloadStepKind : byte
{
    /// <summary>Into a property of an object: <c>a</c>.</summary>
    Key = 0,

    /// <summary>Into one element of an array: <c>[3]</c>.</summary>
    Index = 1,

    /// <summary>Into every element of an array: <c>[]</c>.</summary>
    Every = 2,
}
