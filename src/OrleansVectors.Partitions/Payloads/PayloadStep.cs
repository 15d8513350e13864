using System.Text;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>One step of a key path.</summary>
public sealed class PayloadStep : IEquatable<PayloadStep>
{
    private readonly byte[] _keyUtf8;

    private PayloadStep(PayloadStepKind kind, string key, int index)
    {
        Kind = kind;
        Key = key;
        Index = index;
        _keyUtf8 = Encoding.UTF8.GetBytes(key);
    }

    /// <summary>The step <c>[]</c>.</summary>
    public static PayloadStep Every { get; } = new(PayloadStepKind.Every, "", 0);

    /// <summary>How it descends.</summary>
    public PayloadStepKind Kind { get; }

    /// <summary>The property's key; empty for array steps.</summary>
    public string Key { get; }

    /// <summary>The key's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> KeyUtf8 => _keyUtf8;

    /// <summary>The element's number from 0; meaningful for <see cref="PayloadStepKind.Index"/> only.</summary>
    public int Index { get; }

    /// <summary>The step into a property.</summary>
    public static PayloadStep IntoKey(string key) => new(PayloadStepKind.Key, key, 0);

    /// <summary>The step into one element.</summary>
    public static PayloadStep IntoIndex(int index) => new(PayloadStepKind.Index, "", index);

    /// <inheritdoc/>
    public bool Equals(PayloadStep? other)
        => other is not null && Kind == other.Kind && Index == other.Index && Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PayloadStep);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Index, Key);
}
