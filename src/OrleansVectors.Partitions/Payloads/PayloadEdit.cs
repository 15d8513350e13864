namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// The changes a client can make to a stored payload, as pure functions. Results obey <see cref="PayloadLimits"/>.
/// </summary>
public static class PayloadEdit
{
    /// <summary>
    /// Sets the top-level properties of <paramref name="patch"/>: an existing value is replaced as a whole (and its key
    /// moves to the end), a null in the patch removes the key.
    /// </summary>
    public static PayloadDocument Merge(PayloadView payload, PayloadView patch)
    {
        PayloadWriter writer = PayloadWriter.Create();
        try
        {
            WriteMerged(payload, patch, ref writer);
            return writer.ToDocument();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>
    /// Merges <paramref name="patch"/> into the object at <paramref name="path"/>. What stands in the way is replaced:
    /// missing keys and values that are no object become objects along key steps; along <c>[]</c> and <c>[n]</c> what is
    /// no array becomes an empty array, and elements that are not there are not made.
    /// </summary>
    /// <exception cref="PayloadException">The result would exceed a limit.</exception>
    public static PayloadDocument MergeAt(PayloadView payload, PayloadPath path, PayloadView patch)
    {
        PayloadWriter writer = PayloadWriter.Create();
        try
        {
            WriteMergedAt(payload, path.Steps.AsSpan(), patch, ref writer, depth: 1);
            return CheckDepth(writer.ToDocument());
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>
    /// Removes what each path leads to, one path after another. A path that ends with <c>[]</c> empties the array; one
    /// that ends with <c>[n]</c> removes nothing, because repeating it would remove another element.
    /// </summary>
    public static PayloadDocument DeleteKeys(PayloadView payload, IReadOnlyList<PayloadPath> paths)
    {
        PayloadDocument current = Copy(payload);
        foreach (PayloadPath path in paths)
        {
            PayloadWriter writer = PayloadWriter.Create();
            try
            {
                WriteWithout(current.View, path.Steps.AsSpan(), ref writer);
                current = writer.ToDocument();
            }
            finally
            {
                writer.Dispose();
            }
        }

        return current;
    }

    private static PayloadDocument Copy(PayloadView payload)
    {
        PayloadWriter writer = PayloadWriter.Create();
        try
        {
            writer.WriteValue(payload);
            return writer.ToDocument();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static void WriteMerged(PayloadView target, PayloadView patch, ref PayloadWriter writer)
    {
        int body = writer.Begin(PayloadKind.Object);
        if (target.Kind == PayloadKind.Object)
        {
            writer.WriteBody(target.Body);
        }

        int patchStart = writer.Length;
        writer.WriteBody(patch.Body);
        writer.EndObject(body, dropNullsFrom: patchStart);
    }

    private static void WriteMergedAt(
        PayloadView target, ReadOnlySpan<PayloadStep> steps, PayloadView patch, ref PayloadWriter writer, int depth)
    {
        if (steps.IsEmpty)
        {
            WriteMerged(target, patch, ref writer);
            return;
        }

        PayloadValidation.RequireDepth(depth);
        switch (steps[0].Kind)
        {
            case PayloadStepKind.Key:
                WriteObjectMergedAt(target, steps, patch, ref writer, depth);
                break;
            default:
                WriteArrayMergedAt(target, steps, patch, ref writer, depth);
                break;
        }
    }

    private static void WriteObjectMergedAt(
        PayloadView target, ReadOnlySpan<PayloadStep> steps, PayloadView patch, ref PayloadWriter writer, int depth)
    {
        int body = writer.Begin(PayloadKind.Object);
        bool found = false;
        foreach (PayloadProperty property in target.EnumerateObject())
        {
            writer.WriteKey(property.Key);
            if (property.Key.SequenceEqual(steps[0].KeyUtf8))
            {
                found = true;
                WriteMergedAt(property.Value, steps[1..], patch, ref writer, depth + 1);
            }
            else
            {
                writer.WriteValue(property.Value);
            }
        }

        if (!found)
        {
            writer.WriteKey(steps[0].KeyUtf8);
            WriteMergedAt(default, steps[1..], patch, ref writer, depth + 1);
        }

        writer.EndObject(body);
    }

    private static void WriteArrayMergedAt(
        PayloadView target, ReadOnlySpan<PayloadStep> steps, PayloadView patch, ref PayloadWriter writer, int depth)
    {
        int body = writer.Begin(PayloadKind.Array);
        int index = 0;
        foreach (PayloadView element in target.EnumerateArray())
        {
            if (steps[0].Kind == PayloadStepKind.Every || steps[0].Index == index)
            {
                WriteMergedAt(element, steps[1..], patch, ref writer, depth + 1);
            }
            else
            {
                writer.WriteValue(element);
            }

            index++;
        }

        writer.EndArray(body);
    }

    private static void WriteWithout(PayloadView target, ReadOnlySpan<PayloadStep> steps, ref PayloadWriter writer)
    {
        bool last = steps.Length == 1;
        if (target.Kind == PayloadKind.Object && steps[0].Kind == PayloadStepKind.Key)
        {
            int body = writer.Begin(PayloadKind.Object);
            foreach (PayloadProperty property in target.EnumerateObject())
            {
                bool here = property.Key.SequenceEqual(steps[0].KeyUtf8);
                if (here && last)
                {
                    continue;
                }

                writer.WriteKey(property.Key);
                WriteWithoutOrCopy(property.Value, here, steps, ref writer);
            }

            writer.EndObject(body);
        }
        else if (target.Kind == PayloadKind.Array && steps[0].Kind != PayloadStepKind.Key
            && (!last || steps[0].Kind == PayloadStepKind.Every))
        {
            int body = writer.Begin(PayloadKind.Array);
            int index = 0;
            foreach (PayloadView element in last ? default : target.EnumerateArray())
            {
                bool here = steps[0].Kind == PayloadStepKind.Every || steps[0].Index == index;
                WriteWithoutOrCopy(element, here, steps, ref writer);
                index++;
            }

            writer.EndArray(body);
        }
        else
        {
            writer.WriteValue(target);
        }
    }

    private static void WriteWithoutOrCopy(
        PayloadView value, bool here, ReadOnlySpan<PayloadStep> steps, ref PayloadWriter writer)
    {
        if (here)
        {
            WriteWithout(value, steps[1..], ref writer);
        }
        else
        {
            writer.WriteValue(value);
        }
    }

    /// <summary>The patch is legal where it was read, but may be too deep where it was put.</summary>
    private static PayloadDocument CheckDepth(PayloadDocument document)
    {
        PayloadValidation.CheckDepth(document.View);
        return document;
    }
}
