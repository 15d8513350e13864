using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>Some object at a path that ends with <c>[]</c> matches a filter of its own.</summary>
internal sealed class NestedNode(PayloadPath elements, FilterNode filter) : FilterNode
{
    public override bool Matches(in FilterPoint point)
    {
        var visitor = new Visitor(filter);
        elements.Visit(point.Payload, ref visitor);
        return visitor.Found;
    }

    private struct Visitor(FilterNode filter) : IPayloadVisitor
    {
        public bool Found { get; private set; }

        public bool Visit(PayloadView value)
        {
            if (value.Kind == PayloadKind.Object)
            {
                var element = new FilterPoint(value);
                Found = filter.Matches(in element);
            }

            return !Found;
        }
    }
}
