using System.Globalization;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>What goes wrong with a request on its way through a <see cref="FaultyProxy"/>.</summary>
internal sealed record Fault
{
    private Fault()
    {
    }

    /// <summary>An answer that takes the place of the store's, which does not see the request.</summary>
    public string? Answer { get; private init; }

    /// <summary>How long the request waits before it goes on.</summary>
    public TimeSpan Delay { get; private init; }

    /// <summary>How many bytes of the answer's body arrive before the connection ends; null is all.</summary>
    public int? BodyBytesMax { get; private init; }

    /// <summary>Whether after those bytes the connection is left open in silence.</summary>
    public bool ThenSilence { get; private init; }

    /// <summary>Whether the connection ends without an answer to a request that the store has done.</summary>
    public bool AnswerLost { get; private init; }

    /// <summary>What happens between the store's answer to a request and its passing on.</summary>
    public Func<Task>? Meanwhile { get; private init; }

    public static Fault Status(int status, string code) => new()
    {
        Answer = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} Fault\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: {Xml(code).Length}\r\n\r\n{Xml(code)}"),
    };

    public static Fault Slow(TimeSpan delay) => new() { Delay = delay };

    public static Fault CutBody(int bytes) => new() { BodyBytesMax = bytes };

    public static Fault StalledBody(int bytes) => new() { BodyBytesMax = bytes, ThenSilence = true };

    public static Fault CutBodyThen(int bytes, Func<Task> meanwhile) => new() { BodyBytesMax = bytes, Meanwhile = meanwhile };

    public static Fault LostAnswer() => new() { AnswerLost = true };

    private static string Xml(string code) => $"<Error><Code>{code}</Code><Message>As asked for.</Message></Error>";
}
