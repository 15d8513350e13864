using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>Stands before an S3 server and does to requests what tests ask for. One request per connection.</summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly List<(Func<string, bool> Applies, Fault Fault, int Left)> _faults = [];
    private readonly int _serverPort;

    public FaultyProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was asked for: methods and addresses, such as <c>PUT /blobs/key?uploads</c>.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Does something to the next requests that begin and go on as told.</summary>
    public void Break(Fault fault, int times = 1, string method = "", string containing = "")
    {
        lock (_faults)
        {
            _faults.Add((
                line => line.StartsWith(method, StringComparison.Ordinal) && line.Contains(containing, StringComparison.Ordinal), fault, times));
        }
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _listener.Dispose();
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken stopped = _stopped.Token;
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(stopped);
                _ = ServeAsync(client, stopped);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stopped)
    {
        using (client)
        {
            try
            {
                await PassAsync(client.GetStream(), stopped);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
            {
                // One of the two sides has gone.
            }
        }
    }

    private async Task PassAsync(NetworkStream client, CancellationToken stopped)
    {
        (string head, byte[] body) = await ReadRequestAsync(client, stopped);
        string line = head[..head.IndexOf(" HTTP/", StringComparison.Ordinal)];
        _requests.Enqueue(line);
        Fault? fault = Next(line);
        await Task.Delay(fault?.Delay ?? TimeSpan.Zero, stopped);
        if (fault?.Answer is string answer)
        {
            await client.WriteAsync(Encoding.ASCII.GetBytes(answer), stopped);
            return;
        }

        byte[] response = await AskServerAsync(head, body, stopped);
        await (fault?.Meanwhile?.Invoke() ?? Task.CompletedTask);
        if (fault?.AnswerLost == true)
        {
            return;
        }

        int bytes = Math.Min(response.Length, fault?.BodyBytesMax is int max ? HeadBytes(response) + max : int.MaxValue);
        await client.WriteAsync(response.AsMemory(0, bytes), stopped);
        await Task.Delay(fault?.ThenSilence == true ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, stopped);
    }

    private Fault? Next(string line)
    {
        lock (_faults)
        {
            int index = _faults.FindIndex(entry => entry.Left > 0 && entry.Applies(line));
            if (index < 0)
            {
                return null;
            }

            _faults[index] = _faults[index] with { Left = _faults[index].Left - 1 };
            return _faults[index].Fault;
        }
    }

    private async Task<byte[]> AskServerAsync(string head, byte[] body, CancellationToken stopped)
    {
        using TcpClient server = new();
        await server.ConnectAsync(IPAddress.Loopback, _serverPort, stopped);
        NetworkStream stream = server.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stopped);
        await stream.WriteAsync(body, stopped);
        using MemoryStream response = new();
        await stream.CopyToAsync(response, stopped);
        return response.ToArray();
    }

    /// <summary>Reads a request; its head is made to ask for one answer, after which the connection ends.</summary>
    private static async Task<(string Head, byte[] Body)> ReadRequestAsync(NetworkStream client, CancellationToken stopped)
    {
        byte[] buffer = new byte[64 << 10];
        int read = 0;
        while (HeadBytes(buffer.AsSpan(0, read)) < 0)
        {
            int more = await client.ReadAsync(buffer.AsMemory(read), stopped);
            read += more > 0 ? more : throw new EndOfStreamException();
        }

        int headBytes = HeadBytes(buffer.AsSpan(0, read));
        List<string> lines = [.. Encoding.ASCII.GetString(buffer, 0, headBytes - 4).Split("\r\n")];
        int length = int.Parse(Header(lines, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
        if (Header(lines, "Expect") is not null)
        {
            await client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), stopped);
        }

        byte[] body = new byte[length];
        buffer.AsSpan(headBytes, read - headBytes).CopyTo(body);
        await client.ReadExactlyAsync(body.AsMemory(read - headBytes), stopped);
        lines.RemoveAll(static line => IsHeader(line, "Expect") || IsHeader(line, "Connection"));
        return (string.Join("\r\n", lines) + "\r\nConnection: close\r\n\r\n", body);
    }

    private static string? Header(List<string> lines, string name)
        => lines.Find(line => IsHeader(line, name)) is string line ? line[(name.Length + 1)..].Trim() : null;

    private static bool IsHeader(string line, string name) => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase);

    private static int HeadBytes(ReadOnlySpan<byte> message)
        => message.IndexOf("\r\n\r\n"u8) is int end and >= 0 ? end + 4 : -1;
}
