using System.CommandLine;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.CommandLine;

/// <summary>The options that every command has: which server, with which key, how patiently.</summary>
internal sealed class ServerOptions
{
    private const string DefaultUrl = "http://127.0.0.1:6333";

    private readonly Option<Uri> _url = new("--url")
    {
        Description = "The server, with a path if it lives under one. Default: the environment's OV_URL, then " + DefaultUrl + ".",
        Recursive = true,
        CustomParser = result =>
        {
            if (IsHttp(result.Tokens[0].Value, out Uri? url))
            {
                return url;
            }

            result.AddError($"--url: '{result.Tokens[0].Value}' is not an http or https address");
            return null;
        },
    };

    private readonly Option<string> _apiKey = new("--api-key")
    {
        Description = "The key sent as the header api-key. Default: the environment's OV_API_KEY.",
        Recursive = true,
    };

    private readonly Option<int> _retries = new("--retries")
    {
        Description = "How often a request is sent again after a lost connection, 429 or 5xx, with growing pauses up to ten seconds.",
        Recursive = true,
        DefaultValueFactory = _ => 8,
    };

    public void AddTo(Command root)
    {
        _retries.AtLeast(0);
        root.Add(_url);
        root.Add(_apiKey);
        root.Add(_retries);
    }

    /// <summary>A client for the server that the command line (or the environment) names.</summary>
    public VectorsClient Connect(ParseResult parsed, Terminal terminal)
    {
        Uri? url = parsed.GetValue(_url);
        if (url is null)
        {
            string text = Environment.GetEnvironmentVariable("OV_URL") ?? DefaultUrl;
            url = IsHttp(text, out Uri? named) ? named : throw new CommandFailedException($"OV_URL: '{text}' is not an http or https address", ExitCode.Usage);
        }

        string? key = parsed.GetValue(_apiKey) ?? Environment.GetEnvironmentVariable("OV_API_KEY");
        return new VectorsClient(url, key, RetryPolicy.WithRetries(parsed.GetValue(_retries)))
        {
            Retrying = (reason, pause) => terminal.Error.WriteLine($"retrying in {pause.TotalSeconds:0.##} s: {reason}"),
        };
    }

    private static bool IsHttp(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? url)
        => Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https";
}
