using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>No value at a path is anything but null or an empty array.</summary>
internal sealed class IsEmptyNode(PayloadPath path) : FilterNode
{
    public override bool Matches(in FilterPoint point)
    {
        Visitor visitor = default;
        path.Visit(point.Payload, ref visitor);
        return !visitor.FoundContent;
    }

    private struct Visitor : IPayloadVisitor
    {
        public bool FoundContent { get; private set; }

        public bool Visit(PayloadView value)
        {
            FoundContent = !EmptyTest.IsEmpty(value);
            return !FoundContent;
        }
    }
}
