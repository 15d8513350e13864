using System.Text.Json;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// Which part of a payload an answer carries. Paths are matched against the place of each value, where an array's
/// elements are at <c>[]</c>; so a path with <c>[n]</c> neither includes nor excludes an element.
/// </summary>
public sealed class PayloadSelection
{
    private readonly PayloadSelectionNode? _root;

    private PayloadSelection(PayloadSelectionKind kind, IReadOnlyList<PayloadPath> paths)
    {
        Kind = kind;
        Paths = paths;
        _root = kind is PayloadSelectionKind.Include or PayloadSelectionKind.Exclude
            ? PayloadSelectionNode.Of(paths)
            : null;
    }

    /// <summary>The whole payload.</summary>
    public static PayloadSelection All { get; } = new(PayloadSelectionKind.All, []);

    /// <summary>No payload.</summary>
    public static PayloadSelection None { get; } = new(PayloadSelectionKind.None, []);

    /// <summary>What is selected.</summary>
    public PayloadSelectionKind Kind { get; }

    /// <summary>The included or excluded paths; empty for the other kinds.</summary>
    public IReadOnlyList<PayloadPath> Paths { get; }

    /// <summary>Only what is at these paths, with the containers on the way there; no path selects <c>{}</c>.</summary>
    public static PayloadSelection Include(IReadOnlyList<PayloadPath> paths) => new(PayloadSelectionKind.Include, paths);

    /// <summary>Everything but what is at these paths.</summary>
    public static PayloadSelection Exclude(IReadOnlyList<PayloadPath> paths) => new(PayloadSelectionKind.Exclude, paths);

    /// <summary>Writes the selected part as JSON; <c>null</c> for <see cref="None"/>.</summary>
    public void WriteJson(PayloadView payload, Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case PayloadSelectionKind.All:
                PayloadJsonWriter.Write(payload, writer);
                break;
            case PayloadSelectionKind.None:
                writer.WriteNullValue();
                break;
            default:
                WriteContainer(payload, _root!, writer);
                break;
        }
    }

    private void WriteContainer(PayloadView value, PayloadSelectionNode node, Utf8JsonWriter writer)
    {
        if (value.Kind == PayloadKind.Object)
        {
            writer.WriteStartObject();
            foreach (PayloadProperty property in value.EnumerateObject())
            {
                PayloadSelectionNode? child = node.Find(property.Key);
                if (IsWritten(child))
                {
                    writer.WritePropertyName(property.Key);
                    WriteChild(property.Value, child, writer);
                }
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray();
            foreach (PayloadView element in value.EnumerateArray())
            {
                if (IsWritten(node.Every))
                {
                    WriteChild(element, node.Every, writer);
                }
            }

            writer.WriteEndArray();
        }
    }

    private bool IsWritten(PayloadSelectionNode? child)
        => Kind == PayloadSelectionKind.Include ? child is not null : child is not { IsEnd: true };

    /// <summary>A value that no path leads into, or that a path ends at, is written as a whole; so is a plain value.</summary>
    private void WriteChild(PayloadView value, PayloadSelectionNode? node, Utf8JsonWriter writer)
    {
        if (node is null or { IsEnd: true } || value.Kind is not (PayloadKind.Object or PayloadKind.Array))
        {
            PayloadJsonWriter.Write(value, writer);
        }
        else
        {
            WriteContainer(value, node, writer);
        }
    }
}
