using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// A key path into payloads: <c>a.b</c>, <c>a[].b</c> (every element), <c>a[0].b</c>, <c>"a.b"</c> (a key that contains
/// other signs than letters, digits, <c>_</c> and <c>-</c>; no escapes). A path starts with a key. Arrays are entered
/// only by <c>[]</c> and <c>[n]</c>: <c>a.b</c> finds nothing when <c>a</c> is an array.
/// </summary>
public sealed class PayloadPath : IEquatable<PayloadPath>
{
    private readonly string _text;

    private PayloadPath(ImmutableArray<PayloadStep> steps)
    {
        Steps = steps;
        _text = Format(steps);
    }

    /// <summary>The steps; the first one is a key.</summary>
    public ImmutableArray<PayloadStep> Steps { get; }

    /// <summary>True when the path may lead to more than one value.</summary>
    public bool HasEvery => Steps.Contains(PayloadStep.Every);

    /// <summary>Parses a path.</summary>
    /// <exception cref="PayloadPathException">What is wrong, and where.</exception>
    public static PayloadPath Parse(string text) => new(PayloadPathParser.Parse(text));

    /// <summary>A path of one key, whatever signs it contains.</summary>
    public static PayloadPath OfKey(string key) => FromSteps([PayloadStep.IntoKey(key)]);

    /// <summary>A path from its steps.</summary>
    /// <exception cref="PayloadPathException">There is no step, or the first one is no key.</exception>
    public static PayloadPath FromSteps(ImmutableArray<PayloadStep> steps)
        => steps.IsDefaultOrEmpty || steps[0].Kind != PayloadStepKind.Key
            ? throw new PayloadPathException("", 0, "a path starts with a key")
            : new PayloadPath(steps);

    /// <summary>The path to the elements of the array here: itself when it ends with <c>[]</c>, else with that appended.</summary>
    public PayloadPath ToElements() => Steps[^1].Kind == PayloadStepKind.Every ? this : new(Steps.Add(PayloadStep.Every));

    /// <summary>Calls the visitor for each value at this path below <paramref name="root"/>, until it answers false.</summary>
    public void Visit<TVisitor>(PayloadView root, ref TVisitor visitor)
        where TVisitor : struct, IPayloadVisitor, allows ref struct
        => Visit(root, Steps.AsSpan(), ref visitor);

    private static bool Visit<TVisitor>(PayloadView value, ReadOnlySpan<PayloadStep> steps, ref TVisitor visitor)
        where TVisitor : struct, IPayloadVisitor, allows ref struct
    {
        for (int i = 0; i < steps.Length; i++)
        {
            PayloadStep step = steps[i];
            switch (step.Kind)
            {
                case PayloadStepKind.Key:
                    if (!value.TryGetProperty(step.KeyUtf8, out value))
                    {
                        return true;
                    }

                    break;
                case PayloadStepKind.Index:
                    if (!value.TryGetElement(step.Index, out value))
                    {
                        return true;
                    }

                    break;
                default:
                    foreach (PayloadView element in value.EnumerateArray())
                    {
                        if (!Visit(element, steps[(i + 1)..], ref visitor))
                        {
                            return false;
                        }
                    }

                    return true;
            }
        }

        return visitor.Visit(value);
    }

    private static string Format(ImmutableArray<PayloadStep> steps)
    {
        var text = new StringBuilder();
        foreach (PayloadStep step in steps)
        {
            switch (step.Kind)
            {
                case PayloadStepKind.Key:
                    text.Append(text.Length > 0 ? "." : "");
                    text.Append(PayloadPathParser.IsPlainKey(step.Key) ? step.Key : $"\"{step.Key}\"");
                    break;
                case PayloadStepKind.Index:
                    text.Append(CultureInfo.InvariantCulture, $"[{step.Index}]");
                    break;
                default:
                    text.Append("[]");
                    break;
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(PayloadPath? other) => other is not null && Steps.AsSpan().SequenceEqual(other.Steps.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PayloadPath);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The path as text; parsing it gives an equal path.</summary>
    public override string ToString() => _text;
}
