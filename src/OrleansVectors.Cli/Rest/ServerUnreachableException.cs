namespace OrleansVectors.Cli.Rest;

/// <summary>No usable answer came, also after the last retry.</summary>
internal sealed class ServerUnreachableException(Uri url, int attempts, string lastFailure)
    : Exception($"{url} gave no answer after {attempts} attempt{(attempts == 1 ? "" : "s")}; the last failure: {lastFailure}")
{
    public Uri Url { get; } = url;

    public int Attempts { get; } = attempts;
}
