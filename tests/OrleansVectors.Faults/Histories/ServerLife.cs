using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Histories;

/// <summary>The server between two kills.</summary>
/// <param name="Rest">Its client.</param>
/// <param name="Number">Which life it is, from 0.</param>
internal sealed record ServerLife(RestClient Rest, int Number);
