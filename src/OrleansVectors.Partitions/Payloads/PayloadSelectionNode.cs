namespace OrleansVectors.Partitions.Payloads;

/// <summary>A tree of the paths of a selection, so that each stored value is compared with its own level only.</summary>
internal sealed class PayloadSelectionNode
{
    private readonly List<(PayloadStep Step, PayloadSelectionNode Node)> _children = [];

    /// <summary>A path ends here.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>What goes on through <c>[]</c>.</summary>
    public PayloadSelectionNode? Every { get; private set; }

    public static PayloadSelectionNode Of(IReadOnlyList<PayloadPath> paths)
    {
        var root = new PayloadSelectionNode();
        foreach (PayloadPath path in paths)
        {
            PayloadSelectionNode node = root;
            foreach (PayloadStep step in path.Steps)
            {
                node = node.GetOrAdd(step);
            }

            node.IsEnd = true;
        }

        return root;
    }

    /// <summary>What goes on through that key.</summary>
    public PayloadSelectionNode? Find(ReadOnlySpan<byte> keyUtf8)
    {
        foreach ((PayloadStep step, PayloadSelectionNode node) in _children)
        {
            if (step.Kind == PayloadStepKind.Key && step.KeyUtf8.SequenceEqual(keyUtf8))
            {
                return node;
            }
        }

        return null;
    }

    private PayloadSelectionNode GetOrAdd(PayloadStep step)
    {
        foreach ((PayloadStep known, PayloadSelectionNode node) in _children)
        {
            if (known.Equals(step))
            {
                return node;
            }
        }

        var added = new PayloadSelectionNode();
        _children.Add((step, added));
        Every = step.Kind == PayloadStepKind.Every ? added : Every;
        return added;
    }
}
