using System.Net;
using Microsoft.AspNetCore.Http;

namespace OrleansVectors.Server.Configuration;

/// <summary>One address to listen on, known to be on this machine alone.</summary>
/// <param name="Address">The address; null for <c>localhost</c>, that is both loopback addresses.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Reads a list separated by semicolons.</summary>
    /// <exception cref="ConfigurationException">
    /// Not an address, or not a loopback address: no credentials are configured, so nobody else may get in.
    /// </exception>
    public static IReadOnlyList<ListenAddress> ParseAll(string urls)
    {
        string[] parts = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 0
            ? throw new ConfigurationException("--urls names no address")
            : [.. parts.Select(Parse)];
    }

    private static ListenAddress Parse(string url)
    {
        BindingAddress binding;
        try
        {
            binding = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new ConfigurationException($"{url} is not an address; one looks like http://127.0.0.1:6333");
        }

        if (!string.Equals(binding.Scheme, "http", StringComparison.OrdinalIgnoreCase))
            throw new ConfigurationException($"{url}: only http:// addresses are served by this version");
        if (binding.PathBase.Length > 0)
            throw new ConfigurationException($"{url}: an address has no path");
        if (string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            return binding.Port == 0
                ? throw new ConfigurationException($"{url}: a port chosen by the system needs 127.0.0.1 or [::1]")
                : new ListenAddress(null, binding.Port);
        }

        // Any other name, and * and +, would make the web server listen on every interface.
        if (IPAddress.TryParse(binding.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address))
            return new ListenAddress(address, binding.Port);
        throw new ConfigurationException(
            $"refusing to listen on {url}: no credentials are configured, so only loopback addresses are allowed "
            + "(127.0.0.1, [::1], localhost)");
    }
}
