using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Counting;

/// <summary>Whether a single payload value is of the kind that is counted.</summary>
public delegate bool PayloadValueTest(PayloadView value);
