namespace OrleansVectors.Partitions.Payloads;

/// <summary>Receives the values at a key path. Implemented by structs, so that visiting allocates nothing.</summary>
public interface IPayloadVisitor
{
    /// <summary>Takes one value; false ends the visit.</summary>
    bool Visit(PayloadView value);
}
