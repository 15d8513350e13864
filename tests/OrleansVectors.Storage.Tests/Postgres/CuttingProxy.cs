using System.Net;
using System.Net.Sockets;

namespace OrleansVectors.Storage.Tests.Postgres;

/// <summary>Stands between a client and the server and disturbs their talk in ways that networks do.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _serverPort;
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private volatile Mode _mode;

    public CuttingProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    /// <summary>What happens to what passes.</summary>
    public enum Mode
    {
        /// <summary>Everything passes.</summary>
        Pass,

        /// <summary>Requests pass; instead of the first answer to one the client gets the end of the connection.</summary>
        CutAnswers,

        /// <summary>Requests arrive nowhere: the connection ends when one is sent.</summary>
        CutRequests,

        /// <summary>Everything is taken and nothing comes back.</summary>
        Swallow,

        /// <summary>Requests pass, answers do not, and the connection stays.</summary>
        SwallowAnswers,
    }

    public int Port { get; }

    /// <summary>Changes what happens from now on, to open connections as well.</summary>
    public void Set(Mode mode) => _mode = mode;

    /// <summary>New connections are refused, open ones end.</summary>
    public void Refuse()
    {
        _listener.Stop();
        CloseAll();
    }

    public void Dispose()
    {
        _listener.Stop();
        CloseAll();
    }

    private void CloseAll()
    {
        lock (_gate)
        {
            _sockets.ForEach(static socket => socket.Dispose());
            _sockets.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync();
                Socket server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                lock (_gate)
                {
                    _sockets.AddRange([client, server]);
                }

                await server.ConnectAsync(IPAddress.Loopback, _serverPort);
                _ = PumpAsync(client, server, Mode.CutRequests, Mode.Swallow, Mode.Swallow);
                _ = PumpAsync(server, client, Mode.CutAnswers, Mode.Swallow, Mode.SwallowAnswers);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Refusing from now on.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Mode cutting, Mode swallowing, Mode alsoSwallowing)
    {
        byte[] buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is int count and > 0)
            {
                Mode mode = _mode;
                if (mode == cutting)
                {
                    break;
                }

                if (mode != swallowing && mode != alsoSwallowing)
                {
                    for (int sent = 0; sent < count;)
                    {
                        sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                    }
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One end is gone; so is the other.
        }

        from.Dispose();
        to.Dispose();
    }
}
