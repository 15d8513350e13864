using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>Some value at a path passes a test; a path that leads nowhere answers <paramref name="whenMissing"/>.</summary>
internal sealed class FieldNode(PayloadPath path, ValueTest test, bool whenMissing) : FilterNode
{
    public override bool Matches(in FilterPoint point)
    {
        var visitor = new Visitor(test);
        path.Visit(point.Payload, ref visitor);
        return visitor.HasValue ? visitor.Passed : whenMissing;
    }

    private struct Visitor(ValueTest test) : IPayloadVisitor
    {
        public bool HasValue { get; private set; }

        public bool Passed { get; private set; }

        public bool Visit(PayloadView value)
        {
            HasValue = true;
            Passed = test.PassesValue(value);
            return !Passed;
        }
    }
}
