using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.Tests.Rest;

/// <summary>The retries alone, against a listener that gives the answers it is told; everything else is tested on a real server.</summary>
public sealed class VectorsClientTests
{
    private static readonly RetryPolicy Quick = new(RetriesMax: 3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(4));

    [Fact]
    public async Task Too_many_requests_and_unavailable_are_tried_again_until_they_pass()
    {
        (JsonDocument? answer, List<string> retries, _) = await SendAsync([429, 503, 500, 200]);

        Assert.Equal("ok", answer!.RootElement.GetProperty("status").GetString());
        Assert.Equal(["429 no", "503 no", "500 no"], retries);
    }

    [Fact]
    public async Task When_the_retries_are_used_up_the_last_answer_is_told()
    {
        (_, _, Exception? failure) = await SendAsync([503, 503, 503, 503, 200]);

        Assert.Equal(4, Assert.IsType<ServerUnreachableException>(failure).Attempts);
        Assert.Contains("503 no", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(422)]
    [InlineData(507)]
    public async Task A_refusal_is_not_tried_again_and_carries_the_servers_words(int status)
    {
        (_, List<string> retries, Exception? failure) = await SendAsync([status, 200]);

        Assert.Empty(retries);
        Assert.Equal("no", Assert.IsType<ApiRefusedException>(failure).ServerMessage);
    }

    [Fact]
    public async Task A_server_that_never_answered_is_given_up_early()
    {
        using VectorsClient client = new(new Uri($"http://127.0.0.1:{FreePort()}"), apiKey: null, Quick);

        ServerUnreachableException failure = await Assert.ThrowsAsync<ServerUnreachableException>(
            () => client.SendAsync(HttpMethod.Get, "", body: null, TestContext.Current.CancellationToken));
        Assert.Equal(3, failure.Attempts);
    }

    [Fact]
    public void Pauses_double_up_to_their_bound_and_the_servers_wish_goes_first()
    {
        RetryPolicy policy = RetryPolicy.WithRetries(8);

        Assert.Equal([250, 500, 1000, 8000, 10000, 10000], new[] { 0, 1, 2, 5, 6, 99 }.Select(retry => policy.Delay(retry, retryAfter: null).TotalMilliseconds));
        Assert.Equal(7, policy.Delay(0, TimeSpan.FromSeconds(7)).TotalSeconds);
        Assert.Equal(60, policy.Delay(0, TimeSpan.FromHours(7)).TotalSeconds);
    }

    private static async Task<(JsonDocument? Answer, List<string> Retries, Exception? Failure)> SendAsync(int[] statuses)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string url = $"http://127.0.0.1:{FreePort()}/";
        using HttpListener listener = new();
        listener.Prefixes.Add(url);
        listener.Start();
        Task serving = Task.Run(
            async () =>
            {
                foreach (int status in statuses)
                {
                    HttpListenerContext context = await listener.GetContextAsync();
                    context.Response.StatusCode = status;
                    context.Response.OutputStream.Write(Encoding.ASCII.GetBytes(status == 200 ? """{"status":"ok"}""" : """{"status":{"error":"no"}}"""));
                    context.Response.Close();
                }
            },
            cancellation);

        List<string> retries = [];
        using VectorsClient client = new(new Uri(url), apiKey: null, Quick) { Retrying = (reason, _) => retries.Add(reason) };
        try
        {
            return (await client.SendAsync(HttpMethod.Put, "x", "{}"u8.ToArray(), cancellation), retries, null);
        }
        catch (Exception failure) when (failure is ApiRefusedException or ServerUnreachableException)
        {
            return (null, retries, failure);
        }
        finally
        {
            listener.Stop();
            await serving.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
