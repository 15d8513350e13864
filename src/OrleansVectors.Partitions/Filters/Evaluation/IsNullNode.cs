using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>Some value at a path is null.</summary>
internal sealed class IsNullNode(PayloadPath path) : FilterNode
{
    public override bool Matches(in FilterPoint point)
    {
        Visitor visitor = default;
        path.Visit(point.Payload, ref visitor);
        return visitor.FoundNull;
    }

    private struct Visitor : IPayloadVisitor
    {
        public bool FoundNull { get; private set; }

        public bool Visit(PayloadView value)
        {
            FoundNull = value.Kind == PayloadKind.Null;
            return !FoundNull;
        }
    }
}
